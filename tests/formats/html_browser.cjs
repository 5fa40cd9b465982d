// Opens a report in Chromium and does with it what a reader does. Throws where something is not as it must be.
//
//   node html_browser.cjs NODE_MODULES_PARENT CHROMIUM PAGE.html (whole | hostile | many) [SCREENSHOT_DIRECTORY]
//
// Everything: no console message, no dialog, no request, the hashes of the policy, no width beyond the window's,
// axe-core's rules for WCAG 2.2 A and AA. whole: keyboard, filters, the fragment, tables, and the page without
// scripts. hostile: nothing of the report became an element or a global. many: evidence on demand.
"use strict";
const assert = require("node:assert");
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const [modules, executablePath, page, mode, shots] = process.argv.slice(2);
const load = (name) => require.resolve(name, { paths: [modules] });
const { chromium } = require(load("playwright-core"));
const axe = (() => {
  try { return fs.readFileSync(load("axe-core/axe.min.js"), "utf8"); } catch { return null; }
})();
const url = pathToFileURL(page).href;
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// Opens the page in a browser of its own and hands it on; nothing may be said, asked or loaded meanwhile.
async function open(options, use) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "gowoa-html-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, args: flags, viewport: { width: 1280, height: 900 }, ...options,
  });
  const wrong = [];
  try {
    const tab = await context.newPage();
    tab.on("console", (message) => wrong.push(`console ${message.type()}: ${message.text()}`));
    tab.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    tab.on("dialog", (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    context.on("request", (request) => {
      if (request.url().split("#")[0] !== url) wrong.push(`request: ${request.url()}`);
    });
    context.on("page", (other) => wrong.push(`a page opened: ${other.url()}`));
    await tab.goto(url + (options.fragment || ""));
    await use(tab);
    assert.deepStrictEqual(wrong, []);
  } finally {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
}

const shown = (tab) => tab.locator(".finding:visible").count();
const status = (tab) => tab.locator("#shown").textContent();

async function accessible(tab, what) {
  if (!axe) return;
  await tab.evaluate(axe);
  const found = await tab.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  const words = found.violations.map((rule) => `${rule.id}: ${rule.help}: `
    + rule.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`).join(" | "));
  assert.deepStrictEqual(words, [], what);
}

async function policy(tab) {
  const found = await tab.evaluate(() => ({
    policy: document.querySelector("meta[http-equiv=Content-Security-Policy]").content,
    style: document.querySelector("style").textContent,
    script: document.querySelector("script").textContent,
    styled: getComputedStyle(document.querySelector(".verdict")).borderLeftWidth,
  }));
  for (const part of ["style", "script"]) {
    const hash = crypto.createHash("sha256").update(found[part]).digest("base64");
    assert.ok(found.policy.includes(`${part}-src 'sha256-${hash}'`), `${part}: ${hash} is not in ${found.policy}`);
  }
  assert.strictEqual(found.styled, "5px", "the style is not applied");
  // What is not named is refused.
  const ran = await tab.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.injected = true";
    const refused = new Promise((resolve) => {
      document.addEventListener("securitypolicyviolation", () => resolve(true), { once: true });
      setTimeout(() => resolve(false), 3000);
    });
    document.body.append(script);
    return refused.then((yes) => ({ yes, injected: globalThis.injected === true }));
  });
  assert.deepStrictEqual(ran, { yes: true, injected: false });
}

async function widths() {
  for (const [width, colorScheme] of [[360, "light"], [360, "dark"], [768, "light"], [1600, "dark"]]) {
    await open({ viewport: { width, height: 900 }, colorScheme }, async (tab) => {
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} pixels at ${width}`);
      await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
      const opened = await tab.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(opened <= width, `${opened} pixels at ${width} with everything open`);
      await accessible(tab, `${width} ${colorScheme}`);
      if (shots) await tab.screenshot({ path: path.join(shots, `${path.basename(page, ".html")}-${width}-${colorScheme}.png`) });
    });
  }
}

async function keyboard(tab) {
  await tab.keyboard.press("Tab");
  assert.strictEqual(await tab.evaluate(() => document.activeElement.className), "skip");
  await tab.keyboard.press("Enter");
  assert.strictEqual(await tab.evaluate(() => document.activeElement.id), "main");
  const way = [];
  for (let steps = 0; steps < 60; steps += 1) {
    await tab.keyboard.press("Tab");
    const at = await tab.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      return { tag: element.tagName, id: element.id, outline: style.outlineStyle,
        finding: Boolean(element.closest(".finding")) };
    });
    way.push(at.id || at.tag);
    assert.notStrictEqual(at.outline, "none", `no focus is seen on ${at.tag} ${at.id}`);
    if (at.tag === "SUMMARY" && at.finding) break;
  }
  for (const id of ["q", "by-check", "by-module", "reset", "unfold"]) assert.ok(way.includes(id), `${id} in ${way}`);
  const opened = () => tab.evaluate(() => document.activeElement.parentElement.open);
  const before = await opened();
  await tab.keyboard.press("Enter");
  assert.notStrictEqual(await opened(), before, "Enter does not open a finding");
  const tree = await tab.locator("main").ariaSnapshot();
  for (const words of ["heading \"INCOMPLETE", "searchbox \"Search\"", "group \"Severity\"", "combobox \"Check\"",
    "status", "img \"Map of dist/app.exe\""]) {
    assert.ok(tree.includes(words), `${words} is not in the accessibility tree:\n${tree.slice(0, 4000)}`);
  }
}

async function filters(tab) {
  const count = (selector) => tab.evaluate((s) => document.querySelectorAll(s).length, selector);
  const open = ".finding:not([data-excepted])";
  assert.strictEqual(await shown(tab), await count(open));
  await tab.locator("[name=severity][value=error]").uncheck();
  assert.strictEqual(await shown(tab), await count(`${open}:not([data-severity=error])`));
  await tab.locator("#reset").click();
  await tab.locator("[name=excepted]").check();
  assert.strictEqual(await shown(tab), await count(".finding"));
  await tab.locator("#by-check").selectOption("cross-compile");
  assert.strictEqual(await shown(tab), await count(".finding[data-check=cross-compile]"));
  assert.ok((await tab.evaluate(() => location.hash)).includes("check=cross-compile"));
  const link = await tab.evaluate(() => location.hash);
  await tab.locator("#by-reach").selectOption("stops-build");
  assert.strictEqual(await shown(tab), await count(".finding[data-check=cross-compile][data-reach=stops-build]"));
  await tab.locator("#reset").click();
  await tab.locator("#q").fill("GOPSUTIL");
  await tab.waitForFunction(() => location.hash.includes("q=GOPSUTIL"));
  assert.strictEqual(await shown(tab), 1, "evidence is searched");
  assert.match(await status(tab), /^Showing 1 of \d+ findings$/);
  await tab.locator("#q").fill("nothing has this");
  await tab.waitForFunction(() => !document.getElementById("none").hidden);
  await tab.locator("#reset").click();
  assert.strictEqual(await tab.evaluate(() => location.hash), "");
  await tab.locator(".totals .warning a").click();
  assert.strictEqual(await shown(tab), await count(`${open}[data-severity=warning]`));
  return link;
}

async function tables(tab) {
  const names = () => tab.locator("#package-table tbody th code").allTextContents();
  const heading = tab.locator("#package-table thead th").first();
  await heading.locator("button").click();
  assert.strictEqual(await heading.getAttribute("aria-sort"), "ascending");
  const up = await names();
  assert.deepStrictEqual(up, [...up].sort());
  await heading.locator("button").click();
  assert.strictEqual(await heading.getAttribute("aria-sort"), "descending");
  assert.deepStrictEqual(await names(), [...up].sort().reverse());
  await tab.locator("#pq").fill("crypto");
  assert.deepStrictEqual(await tab.locator("#package-table tbody tr:visible").count(), 1);
}

async function whole() {
  let link = "";
  await open({}, async (tab) => { await accessible(tab, "at first"); await keyboard(tab); });
  await open({}, async (tab) => { link = await filters(tab); await tables(tab); });
  await open({ fragment: link }, async (tab) => {
    const all = await tab.evaluate(() => document.querySelectorAll(".finding[data-check=cross-compile]").length);
    assert.strictEqual(await shown(tab), all, `${link} is what it was`);
  });
  await open({ fragment: "#f-3" }, async (tab) => {
    assert.ok(await tab.locator("#f-3 > details").evaluate((details) => details.open), "a link opens its finding");
  });
  await open({ javaScriptEnabled: false }, async (tab) => {
    assert.strictEqual(await tab.locator("form:visible").count(), 0, "no filter without a script");
    await tab.locator("#f-1 summary").click();
    assert.ok(await tab.locator("#f-1 .chain").isVisible(), "evidence without a script");
  });
  await widths();
  // The policy's own complaint is a console message; it comes last, in a tab that may complain.
  await refusing();
}

async function refusing() {
  await assert.rejects(open({}, policy), /Content Security Policy/);
}

async function hostile() {
  await open({}, async (tab) => {
    const before = await tab.evaluate(() => Object.keys(globalThis).length);
    await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
    await tab.waitForTimeout(500);
    const found = await tab.evaluate(() => ({
      scripts: document.scripts.length,
      images: document.images.length,
      frames: frames.length,
      attributes: Array.from(document.querySelectorAll("*")).flatMap((e) => e.getAttributeNames())
        .filter((name) => name.startsWith("on") || name === "style"),
      text: document.body.textContent.includes("<script>alert('x')</script>"),
      overrides: /[\u202a-\u202e\u2066-\u2069\u0000-\u0008]/.test(document.documentElement.outerHTML),
      title: document.title,
      globals: Object.keys(globalThis).length,
    }));
    assert.deepStrictEqual({ ...found, title: undefined, globals: undefined }, {
      scripts: 1, images: 0, frames: 0, attributes: [], text: true, overrides: false, title: undefined, globals: undefined,
    });
    assert.strictEqual(found.globals, before);
    assert.match(found.title, /^(FAIL|INCOMPLETE|PASS): /);
  });
  await widths();
}

async function many() {
  await open({}, async (tab) => {
    const load = await tab.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
    const total = await tab.locator(".finding").count();
    const first = tab.locator(".finding:visible").first();
    await first.evaluate((finding) => { finding.querySelector("details").open = true; });
    await first.locator("dl.grid").waitFor();
    const start = Date.now();
    await tab.locator("#q").fill("float-syscall");
    await tab.waitForFunction(() => location.hash.includes("q=float-syscall"));
    const search = Date.now() - start;
    assert.match(await status(tab), new RegExp(`^Showing \\d+ of ${total} findings`));
    const elements = await tab.evaluate(() => document.getElementsByTagName("*").length);
    if (total < 100) await accessible(tab, "many");
    console.log(`${total} findings, ${fs.statSync(page).size} bytes, ${elements} elements, `
      + `loaded in ${Math.round(load)} ms, searched in ${search} ms`);
  });
}

({ whole, hostile, many })[mode]().catch((error) => {
  console.error(error.stack || String(error));
  process.exitCode = 1;
});
