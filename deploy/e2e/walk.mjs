// A walk through the pages in a real browser: a community checks itself, uploads
// a paper, applies and files; the street endorses. Once with JavaScript, when
// axe-core looks at every page, and once without. Screenshots go to SHOTS.
import { enter, finish, look, main, paper, visitor } from './steps.mjs';

const { KEYS, ROUND, UNITS, NOTICE, OBJECTED, HANDLER, TITLE, HELD, LOGIN, PASSWORD } = process.env;
const keys = JSON.parse(KEYS);
const units = JSON.parse(UNITS); // one community for each walk

async function walk(unit, scripts) {
  const clerk = await enter(unit.key, scripts);
  await look(clerk, 'todo', scripts);
  await main(clerk).getByRole('link', { name: /开展自查/ }).click();
  await look(clerk, 'self-check', scripts);

  await main(clerk).getByRole('link', { name: /上传、关联佐证材料（1\.1）/ }).click();
  await clerk.getByLabel('选择文件').setInputFiles(paper);
  await clerk.getByRole('button', { name: '上传并关联' }).click();
  await main(clerk).getByText('材料已关联').waitFor();
  await look(clerk, 'evidence', scripts);
  await clerk.getByRole('link', { name: '返回自查表' }).click();

  for (let block = 0; block < unit.blocks.length; block++) {
    for (const [place, value] of unit.blocks[block]) {
      const field = clerk.locator(`[name="marks-${place}"]`).first();
      if ((await field.getAttribute('type')) === 'radio') await clerk.locator(`[name="marks-${place}"][value="${value}"]`).check();
      else await field.fill(value);
    }
    await clerk.getByRole('button', { name: /^保存(，下一部分)?$/ }).click();
    await main(clerk).getByText('已保存。').waitFor();
  }
  await look(clerk, 'self-check-whole', scripts);
  await main(clerk).getByRole('button', { name: '申报', exact: true }).click();
  await clerk.getByLabel('负责人').fill('李主任');
  await clerk.getByRole('button', { name: '保存并报送' }).click();
  await clerk.getByRole('alert').waitFor();
  await look(clerk, 'form-refused', scripts);
  await clerk.getByRole('alert').getByRole('link').first().click();
  await clerk.getByLabel('联系电话').fill('0371-60000000');
  await clerk.getByLabel('居民人数').fill('3000');
  await clerk.getByLabel('工作人员数').fill('9');
  await clerk.getByLabel('主要事迹').fill('社区办公用房、服务用房全部达标，居民议事会每月召开。𠮷祥里的老人在家门口就能吃上热饭。');
  await clerk.getByRole('button', { name: '保存并报送' }).click();
  await main(clerk).getByText('已报送').waitFor();
  await look(clerk, 'file-filed', scripts);

  const office = await enter(keys.street, scripts);
  await look(office, 'todo-street', scripts);
  await main(office).getByRole('link', { name: new RegExp(`签署审核意见.*${unit.name}`) }).click();
  await look(office, 'file-endorse', scripts);
  await office.getByLabel('同意', { exact: true }).check();
  await office.getByLabel('意见内容').fill('材料属实，同意推荐。');
  await office.getByLabel('签发人').fill('王主任');
  await office.getByLabel('盖章页扫描件').setInputFiles(paper);
  await office.getByRole('button', { name: '签署意见' }).click();
  await main(office).getByText('审核意见已签署').waitFor();
  await look(office, 'file-endorsed', scripts);
  await clerk.context().close();
  await office.context().close();
}

// visit looks at the pages that the walk does not pass.
async function visit() {
  const admin = await enter(keys.admin, true);
  for (const [name, path] of [
    ['todo-admin', '/todo'], ['rounds', '/rounds'], ['round', `/rounds/${ROUND}`], ['limits', `/rounds/${ROUND}/limits`], ['office', `/rounds/${ROUND}/offices/41`], ['commendation', `/rounds/${ROUND}/commendation`], ['marks', `/rounds/${ROUND}/marks`],
    ['draft-new', '/drafts/new'], ['title-register', '/register/titles'],
    ['lever', `/rounds/${ROUND}/levers/move-office-date?office=41`], ['files', `/rounds/${ROUND}/files`],
    ['messages', '/messages'], ['staff', '/staff'], ['password', '/password'], ['error', '/rounds/none'],
  ]) {
    await admin.goto(path);
    await look(admin, name, true);
  }
  for (const [name, path] of JSON.parse(process.env.ADMIN)) {
    await admin.goto(path);
    await look(admin, name, true);
  }
  await admin.goto('/calendars/changes/new');
  await admin.getByLabel('日期', { exact: true }).fill('元旦放假');
  await admin.getByRole('button', { name: '提出变更' }).click();
  await admin.getByRole('alert').waitFor();
  await look(admin, 'calendar-change-refused', true);
  await admin.goto('/drafts/new');
  await admin.getByRole('button', { name: '草拟批次' }).click();
  for (const step of ['document', 'categories', 'dates', 'rules', 'standards', 'forms', 'check']) {
    await admin.goto(admin.url().replace(/draft\/.*/, `draft/${step}`));
    await look(admin, `draft-${step}`, true);
  }
  await admin.goto(`/rounds/${ROUND}/levers/suspend-round`);
  await admin.getByLabel('理由').fill('汛情');
  await admin.getByRole('button', { name: '查看影响' }).click();
  await look(admin, 'preview', true);
  const province = await enter(keys.province, true);
  for (const [name, path] of JSON.parse(process.env.DESK)) {
    await province.goto(path);
    await look(province, name, true);
  }
  await province.context().close();
  const head = await enter(keys.head, true);
  await head.goto('/staff');
  await head.getByLabel('姓名').fill('王五');
  await head.getByRole('group').count();
  await main(head).getByLabel('登录名').last().fill('wangwu');
  await head.getByRole('button', { name: '新增账号' }).click();
  await main(head).getByText('临时密码只显示这一次').waitFor();
  await look(head, 'staff-handed', true);
  await head.goto(`/rounds/${ROUND}/units`);
  await look(head, 'units', true);
  await head.context().close();

  await admin.getByRole('button', { name: '长者模式' }).click();
  await admin.goto('/todo');
  await look(admin, 'todo-large', true);
  await admin.getByRole('button', { name: 'English' }).click();
  await admin.goto(`/rounds/${ROUND}`);
  await look(admin, 'round-english-large', true);
  await admin.context().close();

  const anyone = await visitor(true);
  for (const [name, path] of [
    ['home', '/'], ['notices', '/notices'], ['notice', `/notices/${NOTICE}`], ['titles', '/titles'],
    ['title', `/titles?number=${encodeURIComponent(TITLE)}`], ['progress', '/progress'], ['spot-check', `/spot-checks/${ROUND}`], ['sign-in', '/sign-in'],
  ]) {
    await anyone.goto(path);
    await look(anyone, name, true);
  }
  await anyone.getByRole('button', { name: '登录', exact: true }).click();
  await look(anyone, 'sign-in-refused', true);
  await anyone.context().close();
  await object(true);
  await object(false);
  await desk();
  await committee();
  await identity(true);
  await identity(false);
}

// identity comes in by the identity provider: the first time by binding, then at once.
async function identity(first) {
  const page = await visitor(first);
  await page.goto('/messages');
  await main(page).getByRole('link', { name: '统一身份认证登录' }).click();
  if (first) {
    await main(page).getByText('张三').waitFor();
    await look(page, 'binding', true);
    await page.getByLabel('登录名').fill(LOGIN);
    await page.getByLabel('密码').fill(PASSWORD);
    await page.getByRole('button', { name: '绑定并登录' }).click();
    await main(page).getByText('统一身份已绑定').waitFor();
    await page.goto('/password');
    await look(page, 'password-bound', true);
    await page.goto('/messages');
  }
  await page.getByRole('heading', { name: '消息', level: 1 }).waitFor();
  await page.context().close();
}

// object is a citizen's way: from the notices to a receipt, and back with its number.
async function object(scripts) {
  const citizen = await visitor(scripts);
  await citizen.goto('/');
  await main(citizen).getByRole('link', { name: /^提出异议/ }).first().click();
  await look(citizen, 'objection-unit', scripts);
  await citizen.getByLabel('对名单中的哪个单位').fill(OBJECTED);
  await citizen.getByRole('button', { name: '查找' }).click();
  await look(citizen, 'objection-found', scripts);
  await main(citizen).getByRole('link', { name: new RegExp(OBJECTED) }).click();
  await citizen.getByLabel('个人署名').check();
  await citizen.getByRole('button', { name: '提交' }).click();
  await citizen.getByRole('alert').waitFor();
  await look(citizen, 'objection-refused', scripts);
  await citizen.getByLabel('反映的具体事实').fill('去年十月以来社区服务中心从不开门，台账是检查前三天补造的。');
  await citizen.getByRole('textbox', { name: '姓名或者单位名称' }).fill('欧阳秉烛');
  await citizen.getByRole('textbox', { name: '联系方式' }).fill('0371-60000001');
  await citizen.getByLabel('证明材料').setInputFiles(paper);
  await citizen.getByRole('button', { name: '提交' }).click();
  await main(citizen).getByText('异议已收到').waitFor();
  await look(citizen, 'receipt', scripts);
  const receipt = (await main(citizen).locator('.number').innerText()).trim();
  await citizen.getByRole('link', { name: '异议查询' }).first().click();
  await look(citizen, 'receipts', scripts);
  await citizen.getByLabel('回执编号').fill(receipt);
  await citizen.getByRole('button', { name: '查询办理情况' }).click();
  await main(citizen).getByText('决定是否受理').first().waitFor();
  await look(citizen, 'objection-status', scripts);
  if (scripts) await report(citizen);
  await citizen.context().close();
  return receipt;
}

// report tells of a holder and asks what became of it.
async function report(citizen) {
  await citizen.goto(`/titles/${encodeURIComponent(HELD)}`);
  await look(citizen, 'title-held', true);
  await main(citizen).getByRole('link', { name: '举报', exact: true }).click();
  await citizen.getByLabel('您的姓名或者单位').fill('欧阳秉烛');
  await citizen.getByRole('button', { name: '提交举报' }).click();
  await citizen.getByRole('alert').waitFor();
  await look(citizen, 'report-refused', true);
  await citizen.getByLabel('反映的具体事实').fill('去年十月以来社区服务中心从不开门，台账是检查前补造的。');
  await citizen.getByLabel('联系方式').fill('0371-60000002');
  await citizen.getByRole('button', { name: '提交举报' }).click();
  await main(citizen).getByText('举报已收到').waitFor();
  await look(citizen, 'report-receipt', true);
  const receipt = (await main(citizen).locator('.number').innerText()).trim();
  await citizen.goto('/receipts');
  await citizen.getByLabel('回执编号').fill(receipt);
  await citizen.getByRole('button', { name: '查询办理情况' }).click();
  await main(citizen).getByText('待承办').first().waitFor();
  await look(citizen, 'report-status', true);
}

// desk lets a head name who handles an objection, the handler go on to a ruling,
// and an office report what it was asked to check.
async function desk() {
  const head = await enter(keys.province, true);
  await head.goto('/objections');
  await look(head, 'objections', true);
  await main(head).getByRole('link', { name: new RegExp(OBJECTED) }).first().click();
  await look(head, 'case-assign', true);
  await head.getByLabel('承办人').selectOption({ label: HANDLER });
  await head.getByRole('button', { name: '指定承办人' }).click();
  await main(head).getByText('已指定承办人').waitFor();
  await look(head, 'case-secret', true);
  await head.goto('/objections/new');
  await look(head, 'entry-notice', true);
  await main(head).getByRole('listitem').getByRole('link').first().click();
  await head.getByLabel('对名单中的哪个单位').fill(OBJECTED);
  await head.getByRole('button', { name: '查找' }).click();
  await main(head).getByRole('listitem').getByRole('link').first().click();
  await look(head, 'entry', true);
  await head.getByLabel('来电').check();
  await head.getByLabel('反映的具体事实').fill('居民来电反映社区办公用房长期出租。');
  await head.getByLabel('不署名').check();
  await head.getByRole('button', { name: '登记' }).click();
  await main(head).getByText('请把回执编号告知反映人').waitFor();
  await look(head, 'entered', true);
  await head.context().close();

  const handler = await enter(keys.handler, true);
  await look(handler, 'todo-handler', true);
  await main(handler).getByRole('link', { name: /决定异议是否受理/ }).first().click();
  await look(handler, 'case-admission', true);
  await handler.getByRole('button', { name: '查看反映人' }).click();
  await main(handler).getByText('欧阳秉烛').waitFor();
  await look(handler, 'case-objector', true);
  await handler.getByLabel('受理', { exact: true }).check();
  await handler.getByRole('button', { name: '受理异议' }).click();
  await main(handler).getByRole('link', { name: '交办核查' }).click();
  await look(handler, 'case-commission', true);
  await main(handler).getByRole('radio').last().check();
  await handler.getByLabel('请其核查的事项').fill('请核查该社区服务中心上年度的开放记录。');
  await main(handler).getByRole('button', { name: '交办核查' }).click();
  await main(handler).getByText('已交办核查').waitFor();
  await look(handler, 'case-ruling', true);
  await handler.goto('/commissions');
  await look(handler, 'commissions', true);
  await handler.goto(`/rounds/${ROUND}/log`);
  await look(handler, 'log', true);
  await handler.context().close();
}

// committee looks at an office's body that votes, and at the pool of experts.
async function committee() {
  const head = await enter(keys.province, true);
  await head.goto(`/rounds/${ROUND}/committees/41`);
  await head.getByLabel('委员名单').fill('张三 省民政厅\n李四 省委组织部 410102\n王五 省财政厅');
  await main(head).getByRole('button', { name: '组成评审委员会' }).click();
  await main(head).getByText('委员会名单已保存').waitFor();
  await head.getByLabel('开会日期').or(head.getByLabel('会议日期')).fill('2026-11-02');
  await head.getByLabel('会议纪要').fill('评审委员会第1次会议，审议拟推荐名单。');
  await look(head, 'committee-meeting', true);
  await head.context().close();
  const admin = await enter(keys.admin, true);
  await admin.goto(`/rounds/${ROUND}/experts`);
  await look(admin, 'experts', true);
  await admin.goto(`/rounds/${ROUND}/committees/0`);
  await look(admin, 'committee-nation', true);
  await admin.context().close();
}

let failed;
try {
  await walk(units[0], true);
  await walk(units[1], false);
  await visit();
} catch (error) {
  failed = error;
}
await finish(failed);
