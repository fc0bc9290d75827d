// Runs only in browsers that know no modules, and so no WebAssembly that we could use: says so.
document.getElementById("loading").hidden = true;
document.getElementById("failed").hidden = false;
document.getElementById("failed-wasm").hidden = false;
