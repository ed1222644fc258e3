// A Worker of a page, which has the package in its own thread.
import { initialize } from "/dist/browser.js";

const certloupe = await initialize();
postMessage((await certloupe.inspect("nothing")).verdict);
