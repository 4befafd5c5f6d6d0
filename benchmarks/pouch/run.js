// Two PouchDB files and a PouchDB server of its own process: push, pull, change, change twice. Prints JSON.
//
// node run.js FOLDER ROWS CHANGES; `node run.js --serve FOLDER` is the server, which prints its port.

const { spawn } = require("node:child_process");
const net = require("node:net");
const PouchDB = require("pouchdb");

const BATCH = 1000;

function serve(folder) {
  const app = require("express")();
  const Local = PouchDB.defaults({ prefix: `${folder}/` });
  app.use("/", require("express-pouchdb")(Local, { mode: "minimumForPouchDB", inMemoryConfig: true }));
  const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

// Counts what goes each way between the two.
function counted(port) {
  const carried = { bytes: 0 };
  const server = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on("data", (data) => { carried.bytes += data.length; to.write(data); });
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done([server, carried])));
}

function incident(number) {
  return {
    _id: `incident-${String(number).padStart(8, "0")}`, type_code: null, priority: "P3", status: "entered",
    narrative: `Ruidos molestos, caso ${number}`, risks: [], channel: "short_number", reported_at: 1773680400000000,
    dispatched_at: null, en_route_at: null, arrived_at: null, closed_at: null, result: null, police_report: null,
    external_ref: `X${number}`, address: `Los Notros ${number}`, sector: "Centro", lat: -33.4, lon: -70.6,
    created_by: "00000000000000000000000000000007", station: "Una",
  };
}

async function taken(work) {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

async function change(db, count, values) {
  for (let start = 0; start < count; start += BATCH) {
    const keys = [];
    for (let i = start; i < Math.min(count, start + BATCH); i++) keys.push(incident(i)._id);
    const found = await db.allDocs({ keys, include_docs: true });
    await db.bulkDocs(found.rows.map((row) => ({ ...row.doc, ...values })));
  }
}

// Merges the branches of each conflicting document field by field, as an application on PouchDB has to.
async function merge(db, count, base) {
  let conflicts = 0;
  for (let start = 0; start < count; start += BATCH) {
    const keys = [];
    for (let i = start; i < Math.min(count, start + BATCH); i++) keys.push(incident(i)._id);
    const found = await db.allDocs({ keys, include_docs: true, conflicts: true });
    const writes = [];
    for (const { doc } of found.rows) {
      const merged = { ...doc };
      delete merged._conflicts;
      for (const rev of doc._conflicts || []) {
        conflicts += 1;
        const other = await db.get(doc._id, { rev });
        for (const [name, value] of Object.entries(other)) {
          if (!name.startsWith("_") && value !== base[name] && merged[name] === base[name]) merged[name] = value;
        }
        writes.push({ _id: doc._id, _rev: rev, _deleted: true });
      }
      writes.push(merged);
    }
    await db.bulkDocs(writes);
  }
  return conflicts;
}

async function main(folder, rows, changes) {
  const child = spawn(process.execPath, [__filename, "--serve", `${folder}/server`], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise((done) => child.stdout.once("data", (data) => done(Number(String(data)))));
  const [line, carried] = await counted(port);
  const url = `http://127.0.0.1:${line.address().port}/incidents`;
  try {
    const first = new PouchDB(`${folder}/first`), second = new PouchDB(`${folder}/second`);
    for (let start = 0; start < rows; start += BATCH) {
      const some = [];
      for (let i = start; i < Math.min(rows, start + BATCH); i++) some.push(incident(i));
      await first.bulkDocs(some);
    }
    const push_s = await taken(() => first.replicate.to(url));
    const push_bytes = carried.bytes;
    const pull_s = await taken(() => second.replicate.from(url));

    await change(first, changes, { narrative: "Ruidos molestos, corregido", sector: "Norte" });
    const before = carried.bytes;
    const update_s = await taken(async () => { await first.replicate.to(url); await second.replicate.from(url); });
    const update_bytes = carried.bytes - before;

    const base = { ...incident(0), narrative: "Ruidos molestos, corregido", sector: "Norte", police_report: null, external_ref: null };
    await change(first, changes, { police_report: "A", narrative: "Lo dijo una" });
    await change(second, changes, { external_ref: "B", narrative: "Lo dijo la otra" });
    let conflicts = 0;
    const concurrent_s = await taken(async () => {
      await first.sync(url); await second.sync(url); await first.sync(url);
      conflicts = await merge(first, changes, base);
      await first.sync(url); await second.sync(url);
    });
    if (conflicts !== changes) throw new Error(`${conflicts} of ${changes} conflicts`);
    console.log(JSON.stringify({ push_s, push_bytes, pull_s, update_s, update_bytes, concurrent_s }));
  } finally {
    child.kill();
    line.close();
  }
  process.exit(0);
}

if (process.argv[2] === "--serve") serve(process.argv[3]);
else main(process.argv[2], Number(process.argv[3]), Number(process.argv[4])).catch((error) => { console.error(error); process.exit(1); });
