// The whole story of a round, told through pages alone, with the worker and
// Temporal running: from its draft to its titles, and an objection that is
// upheld. What people click and fill in is counted for docs/walk.md.
import { browser, enter, finish, look, main, paper, shot, visitor } from './steps.mjs';

const scripts = process.env.SCRIPTS === '1';
const keys = JSON.parse(process.env.KEYS);
const units = JSON.parse(process.env.UNITS); // the communities that apply
const marks = JSON.parse(process.env.MARKS); // block by block, the place and value of each indicator
const [upheld, stays] = units;

// A person reads, clicks and fills in; every click and every field is counted.
const counted = [];
let part;
function begin(name) {
  part = { name, clicks: 0, fields: 0 };
  counted.push(part);
}

class Person {
  constructor(page) { this.page = page; }
  async click(locator) {
    part.clicks++;
    await locator.click();
  }
  // Going somewhere by address stands for the one link that leads there.
  async go(at) {
    part.clicks++;
    await this.page.goto(at);
  }
  link(name) { return this.click(main(this.page).getByRole('link', { name, exact: typeof name === 'string' }).first()); }
  button(name) { return this.click(main(this.page).getByRole('button', { name, exact: typeof name === 'string' }).first()); }
  nav(name) { return this.click(this.page.getByRole('navigation').first().getByRole('link', { name, exact: true })); }
  open(summary) { return this.click(main(this.page).locator('summary', { hasText: summary }).first()); }
  // The field with an ID, which is the name of what it fills.
  async fill(id, value) {
    part.fields++;
    const field = this.page.locator(`[id="${id}"]`);
    if (await this.page.locator(`select[id="${id}"]`).count()) await field.selectOption(value);
    else await field.fill(value);
  }
  async check(id) {
    part.fields++;
    await this.page.locator(`[id="${id}"]`).check();
  }
  async upload(id) {
    part.fields++;
    await this.page.locator(`[id="${id}"]`).setInputFiles(paper);
  }
  async mark([place, value]) {
    part.fields++;
    const name = `[name="marks-${place}"]`;
    if (await this.page.locator(`select${name}`).count()) await this.page.locator(name).selectOption(value);
    else if (await this.page.locator(`${name}[type="radio"]`).count()) await this.page.locator(`${name}[value="${value}"]`).check();
    else await this.page.locator(name).fill(value);
  }
  says(text) { return main(this.page).getByText(text).first().waitFor(); }
  // Looking at a page again until something stands on it: nobody need click for it.
  async until(what, stands, patience = 120) {
    for (const end = Date.now() + patience * 1000; Date.now() < end; await new Promise((done) => setTimeout(done, 700))) {
      await this.page.reload();
      if (await stands(main(this.page)).count()) return;
    }
    throw new Error(`after ${patience} s still not so: ${what}`);
  }
  picture(name) { return this.page.screenshot({ path: shot(`story-${name}`, scripts, 1366), fullPage: true }); }
  leave() { return this.page.context().close(); }
}

const person = async (key) => new Person(await enter(key, scripts));

// Instants and days of Beijing, as they are typed.
const beijing = (seconds) => new Date(Date.now() + (8 * 3600 + seconds) * 1000).toISOString();
const instant = (seconds) => beijing(seconds).slice(0, 19).replace('T', ' ');
const today = () => beijing(0).slice(0, 10);

let round; // its address

async function draftAndOpen(admin) {
  begin('administrator: drafts a round, defines it step by step and opens it');
  await admin.nav('批次');
  await admin.link('草拟批次');
  await admin.fill('title', '全国和谐社区建设示范单位（演练）');
  await admin.fill('drill_day_seconds', '1');
  await admin.fill('dates-self_check', instant(900));
  await admin.fill('dates-apply', instant(900));
  await admin.fill('dates-recommendation', instant(1800));
  await admin.fill('dates-assessment', instant(2400));
  await admin.button('草拟批次');
  await admin.says('批次已草拟');
  round = new URL(admin.page.url()).pathname.replace(/\/draft\/.*/, '');
  const next = async () => {
    await admin.button('保存，下一部分');
    await admin.says('已保存。');
  };
  await admin.fill('document_number', '民发〔2026〕演练1号');
  await admin.fill('contacts-0-unit', '基层政权和社区建设司');
  await admin.fill('contacts-0-phone', '010-58123000');
  await next();
  await admin.fill('category-district-quota', '');
  await admin.fill('category-street-quota', '');
  await admin.fill('category-community-quota', '2');
  await admin.fill('category-community-ratio', '2');
  await next();
  await next(); // the dates stand
  await admin.fill('rules-notice_days', '40'); // of a second each
  await admin.fill('rules-earlier_notice_days', '0');
  await admin.fill('rules-spot_check_percent', '0');
  await admin.fill('rules-minimum_asked-community', '10');
  await next();
  await next(); // standards
  await next(); // forms
  await main(admin.page).getByRole('button', { name: '开启批次' }).waitFor();
  await admin.picture('01-check');
  await admin.button('开启批次');
  await admin.until('the round is open', (m) => m.getByRole('link', { name: '自查与申报单位' }));
  await admin.picture('02-round');
}

async function checkAndApply(unit) {
  begin(`community: checks itself (${marks.flat().length} indicators), applies and files`);
  const clerk = await person(unit.key);
  await clerk.link(/开展自查/);
  for (const block of marks) {
    for (const indicator of block) await clerk.mark(indicator);
    await clerk.button(/^保存(，下一部分)?$/);
    await clerk.says('已保存。');
  }
  await clerk.button('申报');
  for (const [name, value] of [['head', '李主任'], ['contact', '0371-60000000'], ['residents', '3000'], ['staff', '9'], ['deeds', '居民议事会每月召开。𠮷祥里的老人在家门口就能吃上热饭。']]) {
    await clerk.fill(`form-${name}`, value);
  }
  await clerk.button('保存并报送');
  await clerk.says('已报送');
  await clerk.picture('03-filed');
  await clerk.leave();
}

// endorse lets an office agree to one file on its page, or to all that wait.
async function endorse(name, key, one) {
  begin(`${name}: ${one ? 'signs an opinion on one file, and on the other' : 'signs for both at once'}`);
  const office = await person(key);
  if (one) {
    await office.link(/签署审核意见/);
    await office.check('opinion-agree');
    await office.fill('text', '材料属实，同意推荐。');
    await office.fill('signing_head', '王主任');
    await office.upload('seal');
    await office.button('签署意见');
    await office.says('审核意见已签署');
    await office.nav('待办');
  }
  await office.nav('申报材料');
  await office.link('批量签署');
  for (const box of await main(office.page).locator('input[name="applications"]').all()) {
    part.fields++;
    await box.check();
  }
  await office.fill('text', '材料属实，同意推荐。');
  await office.fill('signing_head', '王主任');
  await office.upload('seal');
  await office.button('签署所选');
  await office.says('未办成 0 项');
  await office.picture(`04-${name}`);
  await office.leave();
}

// lever moves a date, or closes an office, after a look at what would change.
async function lever(admin, at, name, fields) {
  await admin.go(at);
  await admin.link(name);
  for (const [id, value] of fields) await admin.fill(id, value);
  await admin.button('查看影响');
  await admin.says('尚未办理');
  await admin.button(new RegExp(`^确认${name}`));
  await admin.says('已办理');
}

async function endIntake(admin) {
  begin('administrator: moves three dates earlier');
  await lever(admin, round, '调整批次日期', [['which', 'self_check'], ['to', instant(20)], ['reason', '各单位均已自查']]);
  await lever(admin, round, '调整批次日期', [['which', 'apply'], ['to', instant(22)], ['reason', '各单位均已申报']]);
  await lever(admin, `${round}/offices/41`, '调整机构日期', [['which', 'arrival'], ['to', instant(24)], ['reason', '材料已到省']]);
}

async function inspectAndSurvey(province) {
  await province.link(/^推荐工作/);
  const desk = new URL(province.page.url()).pathname;
  for (const unit of units) {
    begin(`province: inspects a unit (${marks.flat().length} indicators) and enters its survey`);
    await province.go(desk);
    await province.link('评审总表：示范社区');
    await province.click(main(province.page).getByRole('row', { name: unit.name }).getByRole('link', { name: '尚未考察' }).first());
    await province.fill('team', '省民政厅考察组');
    await province.fill('visits-0-on', today());
    await province.check('visits-0-methods-0');
    for (const indicator of marks.flat()) await province.mark(indicator);
    await province.fill('finding', '经实地考察，达到指导标准。');
    await province.button('录入考察验收');
    await province.says('考察验收结果已保存');
    await province.link('群众满意度测评');
    for (const [id, value] of [['method', '入户问卷'], ['first_day', today()], ['last_day', today()], ['satisfied', '9'], ['basically', '2'], ['dissatisfied', '1']]) await province.fill(id, value);
    await province.button('录入满意度测评');
    await province.says('测评结果已保存');
  }
  await province.go(desk);
  return desk;
}

async function listAndNotice(province, desk) {
  begin('province: adopts the proposed list and puts it before the public');
  await province.until('all files have come', (m) => m.getByText('下一步：议定拟推荐名单'));
  await province.picture('05-desk');
  await province.click(main(province.page).getByRole('region', { name: /^下一步/ }).getByRole('link'));
  await province.fill('met_on', today());
  await province.fill('minutes', '省评审机构第1次会议纪要：拟推荐2个社区。');
  await province.button('议定拟推荐名单');
  await province.says('拟推荐名单已议定');
  await announce(province, `${desk.replace('/desk', '')}/notice`, [['local_medium', '河南日报']]);
  await province.picture('06-provincial-notice');
}

async function announce(office, at, media) {
  await office.go(at);
  for (const [i, [medium, name]] of media.entries()) {
    await office.fill(`evidence-${i}-medium`, medium);
    await office.fill(`evidence-${i}-name`, name);
    await office.fill(`evidence-${i}-published_at`, today());
    await office.fill(`evidence-${i}-link`, 'https://www.example.cn/gongshi');
  }
  await office.fill('contacts-0-phone', '010-58123000');
  await office.button('发布公示');
  await office.says('公示已发布');
}

async function scansAndPackage(province, desk) {
  begin('province: adds the sealed forms, makes the cut, brings the package and sends it');
  const at = desk.replace('/desk', '');
  for (const unit of units) {
    await province.go(`${at}/docket/community`);
    await province.link(unit.name);
    await province.upload('form_scan');
    await province.button('附申报表签章扫描件');
    await province.says('申报表签章扫描件已上传');
  }
  await province.go(desk);
  await province.until('the notice has ended', (m) => m.getByText('下一步：确定推荐名单'));
  await province.click(main(province.page).getByRole('region', { name: /^下一步/ }).getByRole('link'));
  for (const box of await main(province.page).locator('input[name="applications"]:not(:checked)').all()) {
    part.fields++;
    await box.check();
  }
  await province.fill('minutes', '省评审机构第2次会议纪要：两个社区同分，均在限额以内，一并推荐。');
  await province.button('确定推荐名单');
  await province.says('推荐名单已确定');
  await province.go(`${at}/package`);
  await province.fill('letter-number', '豫民函〔2026〕1号');
  await province.upload('letter-sha256');
  await province.button('保存');
  await province.says('材料齐全');
  await province.picture('07-package');
  await province.button('报送推荐材料');
  await province.says('推荐材料已报送');
}

async function acceptAndFreeze(admin) {
  begin('administrator: accepts the package, closes three silent offices by name');
  await admin.nav('待办');
  await admin.link(/^审核推荐材料/);
  await admin.button('接受推荐材料');
  await admin.says('推荐材料审核通过');
  await lever(admin, round, '调整批次日期', [['which', 'recommendation'], ['to', instant(20)], ['reason', '各地材料已到']]);
  for (const office of ['11', '44', 'BT']) {
    await admin.go(`${round}/offices/${office}`);
    await admin.until(`${office} is overdue`, (m) => m.getByRole('link', { name: '点名关闭' }));
    await lever(admin, `${round}/offices/${office}`, '点名关闭', [['reason', '本批次没有申报单位']]);
  }
  await admin.picture('08-offices');
}

async function mark(admin) {
  begin('administrator: confirms the marks of both units');
  await admin.go(`${round}/commendation`);
  await admin.until('the list is frozen', (m) => m.getByRole('link', { name: '部级核定' }));
  await admin.link('部级核定');
  for (const unit of units) {
    await admin.link(`核定：${unit.name}`);
    if (unit === upheld && scripts) await look(admin.page, 'national-marking', true);
    await admin.button('保存核定得分');
    await admin.says('核定得分已保存');
  }
  await admin.picture('09-marks');
  await admin.link('报告评分完成');
  await admin.button('报告评分完成');
  await admin.says('部级评分已报告完成');
}

async function vote(admin) {
  begin('secretary: a committee of three meets and votes');
  await admin.go(round);
  await admin.link('评审委员会');
  const committee = admin.page.url();
  await admin.fill('members', '张三 民政部\n李四 中国社会科学院\n王五 北京大学');
  await admin.button('组成评审委员会');
  await admin.says('委员会名单已保存');
  await admin.fill('met_on', today());
  await admin.fill('minutes', '评审委员会第1次会议纪要。');
  await admin.button('保存会议记录');
  await admin.says('会议记录已保存');
  await admin.go(`${round}/commendation`);
  await admin.until('the marks are added up', (m) => m.getByRole('button', { name: '确定候选名单' }));
  await admin.go(committee);
  await admin.open('提请表决');
  await admin.button('提请表决');
  await admin.says('已提请表决');
  await admin.link(/^第 1 项/);
  for (const choice of await main(admin.page).locator('input[type="radio"][value="for"]').all()) {
    part.fields++;
    await choice.check();
  }
  await admin.button('登记表决');
  await admin.says('表决已登记');
  await admin.button('结束表决');
  await admin.says('通过');
  await admin.picture('10-motion');
}

async function candidates(admin) {
  begin('administrator: fixes the candidates and announces the national list');
  await admin.go(`${round}/commendation`);
  await admin.button('确定候选名单');
  await admin.says('候选名单已确定');
  await announce(admin, `${round}/offices/0/notice`, [['central_medium', '人民日报'], ['website', '民政部网站']]);
}

// object is what a citizen does about a unit; it returns the receipt's number.
async function object(unit, facts) {
  begin('citizen: reads the list and objects to a unit');
  const citizen = new Person(await visitor(scripts));
  await citizen.page.goto('/');
  await citizen.link(/全国公示/);
  await citizen.picture('11-national-notice');
  await citizen.link(unit.name);
  await citizen.check('objector-kind-person');
  await citizen.fill('facts', facts);
  await citizen.fill('objector-name', '欧阳秉烛');
  await citizen.fill('objector-contact', '0371-60000001');
  await citizen.button('提交');
  await citizen.says('异议已收到');
  const receipt = (await main(citizen.page).locator('.number').innerText()).trim();
  await citizen.leave();
  return receipt;
}

async function handle(admin, unit, outcome, answer) {
  begin('handler: an objection is given to somebody, admitted, looked into and ruled on');
  await admin.nav('待办');
  await admin.link(new RegExp(`指定异议承办人.*${unit.name}`));
  part.fields++;
  await admin.page.locator('[id="officer"]').selectOption({ label: process.env.HANDLER });
  await admin.button('指定承办人');
  await admin.says('已指定承办人');
  const handler = await person(keys.handler);
  await handler.link(/决定异议是否受理/);
  await handler.check('admitted-yes');
  await handler.button('受理异议');
  await handler.says('已决定是否受理');
  await handler.button('核查异议');
  await handler.says('已开始核查');
  await handler.check(`outcome-${outcome}`);
  await handler.fill('ground', '已查阅台账并实地核实。');
  await handler.fill('answer', answer);
  await handler.picture(`12-ruling-${outcome}`);
  await handler.button('办结异议');
  await handler.says('已作出结论');
  await handler.leave();
}

async function readAnswer(receipt, answer, outcome) {
  begin('citizen: reads the written answer');
  const citizen = new Person(await visitor(scripts));
  await citizen.page.goto('/');
  await citizen.fill('receipt', receipt);
  await citizen.button('查询办理情况');
  await citizen.says(answer);
  await citizen.says(outcome);
  await citizen.picture('13-answer');
  await citizen.leave();
}

async function decideAndVerify(admin) {
  begin('administrator: records the decision');
  await admin.go(`${round}/commendation`);
  await admin.until('the national notice has ended', (m) => m.getByRole('button', { name: '作出命名表彰决定' }));
  await admin.fill('number', '民发〔2026〕演练2号');
  await admin.fill('date', today());
  await admin.button('作出命名表彰决定');
  await admin.says('命名表彰决定已登记');
  await admin.picture('14-titles');
  const titles = main(admin.page).getByRole('region', { name: '命名单位' });
  if ((await titles.innerText()).includes(upheld.name)) throw new Error(`${upheld.name} was named against an objection that was upheld`);
  const number = (await titles.getByRole('row', { name: stays.name }).getByRole('link').first().innerText()).trim();

  begin('anybody: verifies a title');
  const anybody = new Person(await visitor(scripts));
  await anybody.page.goto('/');
  await anybody.fill('number', number);
  await anybody.button('查验');
  await anybody.says('查验属实');
  await anybody.says(stays.name);
  await anybody.picture('15-title');
  await anybody.leave();
}

let failed;
try {
  const admin = await person(keys.admin);
  await draftAndOpen(admin);
  for (const unit of units) await checkAndApply(unit);
  await endorse('street', keys.street, true);
  await endorse('county', keys.county);
  await endorse('prefecture', keys.prefecture);
  await endIntake(admin);
  const province = await person(keys.province);
  const desk = await inspectAndSurvey(province);
  await listAndNotice(province, desk);
  await scansAndPackage(province, desk);
  await province.leave();
  await acceptAndFreeze(admin);
  await mark(admin);
  await vote(admin);
  await candidates(admin);
  const answer = '经查阅台账并实地核实，您反映的情况属实，已取消该社区的候选资格。';
  const first = await object(upheld, '去年十月以来社区服务中心从不开门，台账是检查前三天补造的。');
  const second = await object(stays, '居民议事会去年只开过一次，与申报材料不符。');
  await handle(admin, upheld, 'upheld', answer);
  await handle(admin, stays, 'dismissed', '经查阅会议记录，居民议事会去年召开十二次，所反映的情况不属实。');
  await readAnswer(first, answer, '成立');
  await readAnswer(second, '召开十二次', '不成立');
  await decideAndVerify(admin);
} catch (error) {
  failed = error;
  for (const context of browser.contexts()) {
    for (const page of context.pages()) console.log(`${page.url()}\n${(await page.locator('main').innerText().catch(() => '')).slice(0, 1500)}`);
  }
}
for (const { name, clicks, fields } of counted) console.log(`${name}: ${clicks} clicks, ${fields} fields`);
await finish(failed);
