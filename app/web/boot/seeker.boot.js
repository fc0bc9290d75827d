// Starts the seeker's pages.
import { boot } from "{{asset:boot.js}}";

boot(() => import("{{asset:seeker.bindgen.js}}"), "{{asset:seeker.wasm}}", "{{asset:worker.boot.js}}");
