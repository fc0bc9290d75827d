// The memory of a running process as a crash would leave it in a file.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Kernels that let only a parent look into a process (yama) say so here. */
function onlyParents() {
  try {
    return readFileSync("/proc/sys/kernel/yama/ptrace_scope", "utf8").trim() !== "0";
  } catch {
    return false; // a kernel without it
  }
}

/** Writes a core dump of process `pid` to a file `core.PID` in `folder`; the process goes on. Needs gdb. */
export function dumpCore(pid, folder) {
  const command = ["gcore", "-o", `${folder}/core`, String(pid)];
  // gcore is no parent of the box, so that an ordinary user may not do it there.
  const asRoot = process.getuid() !== 0 && onlyParents();
  if (asRoot) command.unshift("sudo", "--non-interactive");
  try {
    execFileSync(command[0], command.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
    if (asRoot) execFileSync("sudo", ["--non-interactive", "chown", "-R", String(process.getuid()), folder]);
  } catch (error) {
    throw new Error(`no core dump: ${error.stderr ?? error}\n(as root, or with kernel.yama.ptrace_scope=0, it works)`);
  }
}
