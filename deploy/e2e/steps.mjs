// What the walk and the story share: a browser, a reader who signs in, and how
// pages are looked at. Screenshots go to SHOTS.
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const { BASE, SHOTS, CHROMIUM } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = [{ width: 1366, height: 768 }, { width: 390, height: 844 }];

export const violations = [];
export const seen = { pages: 0 };

mkdirSync(SHOTS, { recursive: true });
export const paper = join(SHOTS, '台账.pdf');
writeFileSync(paper, '%PDF-1.4\n% ledger\n%%EOF\n');

export const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

// visitor is anybody who opens the site.
export async function visitor(scripts) {
  const context = await browser.newContext({ baseURL: BASE, javaScriptEnabled: scripts, locale: 'zh-CN', viewport: sizes[0] });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  return page;
}

// enter signs an officer in by a key.
export async function enter(key, scripts) {
  const page = await visitor(scripts);
  await page.goto('/sign-in');
  await page.getByText('凭密钥登录').first().click();
  await page.getByLabel('密钥').fill(key);
  await page.getByRole('button', { name: '凭密钥登录' }).click();
  await page.getByRole('heading', { name: '待办', level: 1 }).waitFor();
  return page;
}

// main is the page's content: the buttons of the frame are no part of the work.
export const main = (page) => page.locator('main');

// look takes a picture at both sizes and, with scripts, lets axe-core look.
export async function look(page, name, scripts) {
  seen.pages++;
  for (const size of sizes) {
    await page.setViewportSize(size);
    if (scripts) {
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
      for (const v of found.violations) {
        violations.push(`${name} at ${size.width}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 5).join(', ')}`);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) violations.push(`${name} at ${size.width}: the page is ${wide} px wider than the window`);
    }
    await page.screenshot({ path: shot(name, scripts, size.width), fullPage: true });
  }
  await page.setViewportSize(sizes[0]);
}

// shot is where a picture goes.
export const shot = (name, scripts, width) => join(SHOTS, `${scripts ? 'script' : 'plain'}-${name}-${width}.png`);

// finish closes the browser and says what was found.
export async function finish(failed) {
  await browser.close();
  if (failed) throw failed;
  console.log(`${seen.pages} pages, ${violations.length} violations`);
  for (const v of violations) console.log(v);
  process.exit(violations.length ? 1 : 0);
}
