// Starts the staff's pages, set-up included.
import { boot } from "{{asset:boot.js}}";

boot(() => import("{{asset:staff.bindgen.js}}"), "{{asset:staff.wasm}}", "{{asset:staff-worker.boot.js}}");
