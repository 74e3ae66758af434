// What is often written by hand, on Postgres: Express, JWT access token and refresh cookie, bcrypt (10 rounds),
// role check, unified errors, Prometheus histogram, audit rows; list = page + count, run side by side.
import cluster from 'node:cluster';
import express from 'express';
import cors from 'cors';
import helmet from 'helmet';
import cookieParser from 'cookie-parser';
import jwt from 'jsonwebtoken';
import bcrypt from 'bcrypt';
import pg from 'pg';
import prom from 'prom-client';
import winston from 'winston';

const env = process.env;
const workers = Number(env.WORKERS || 2);
const secret = env.JWT_SECRET || 'bench-access-secret';
const refreshSecret = env.JWT_REFRESH_SECRET || 'bench-refresh-secret';

if (cluster.isPrimary && workers > 1) {
  for (let i = 0; i < workers; i++) cluster.fork();
} else {
  serve();
}

function serve() {
  const log = winston.createLogger({
    level: env.LOG_LEVEL || 'warn', format: winston.format.json(), transports: [new winston.transports.Console()],
  });
  const pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: Number(env.POOL || 10) });
  pg.types.setTypeParser(20, Number);
  const run = (name, text, values) => pool.query({ name, text, values });
  prom.collectDefaultMetrics();
  const duration = new prom.Histogram({
    name: 'http_request_duration_seconds', help: 'Duration of HTTP requests in seconds',
    labelNames: ['method', 'route', 'status_code'],
  });

  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  app.use(cors({ origin: env.CORS_ORIGIN || 'http://localhost:5173', credentials: true }));
  app.use(express.json());
  app.use(cookieParser());
  app.use((req, res, next) => {
    const start = process.hrtime.bigint();
    res.on('finish', () => duration.observe(
      { method: req.method, route: req.route?.path ?? 'none', status_code: res.statusCode },
      Number(process.hrtime.bigint() - start) / 1e9));
    next();
  });

  const fail = (status, message) => Object.assign(new Error(message), { status });
  const auth = (req, res, next) => {
    const header = req.headers.authorization || '';
    if (!header.startsWith('Bearer ')) throw fail(401, 'Missing token');
    req.user = jwt.verify(header.slice(7), secret);
    next();
  };
  const requireRole = (roles) => (req, res, next) => {
    if (!roles.includes(req.user.role)) return res.status(403).json({ error: 'Insufficient permissions' });
    next();
  };
  const anyone = [auth, requireRole(['Admin', 'Agent'])];

  app.get('/health', (req, res) => res.json({ status: 'OK', uptime: process.uptime() }));
  app.get('/metrics', async (req, res) => res.type(prom.register.contentType).send(await prom.register.metrics()));

  app.post('/api/auth/login', async (req, res) => {
    const { emailId, password } = req.body;
    const { rows: [user] } = await run('login',
      'select id, name, email_id as "emailId", role, password_hash from users where email_id = $1', [emailId]);
    if (!user || !(await bcrypt.compare(password, user.password_hash))) throw fail(401, 'Invalid credentials');
    delete user.password_hash;
    const token = jwt.sign({ userId: user.id, role: user.role }, secret, { expiresIn: env.ACCESS_TTL || '15m' });
    const refresh = jwt.sign({ userId: user.id }, refreshSecret, { expiresIn: '7d' });
    res.cookie('refreshToken', refresh, { httpOnly: true, sameSite: 'strict', secure: true, maxAge: 7 * 864e5 });
    res.json({ user, token });
  });

  const COLUMNS = `id, name, email_id as "emailId", phone, company, status, source, assigned_agent as "assignedAgent",
    notes, value, is_archived as "isArchived", customer, created_at as "createdAt", updated_at as "updatedAt"`;
  const FULL = `l.id, l.name, l.email_id as "emailId", l.phone, l.company, l.status, l.source,
    case when u.id is null then null else json_build_object('id', u.id, 'name', u.name, 'emailId', u.email_id) end
      as "assignedAgent",
    l.notes, l.value, l.is_archived as "isArchived", l.customer, l.created_at as "createdAt", l.updated_at as "updatedAt"`;

  app.get('/api/leads', anyone, async (req, res) => {
    const { status, search } = req.query;
    const page = Math.max(parseInt(req.query.page) || 1, 1);
    const limit = Math.min(Math.max(parseInt(req.query.limit) || 10, 1), 100);
    let where = req.query.isArchived === 'true' ? 'is_archived' : 'not is_archived';
    const values = [];
    if (status) where += ` and status = $${values.push(status)}`;
    if (search) {
      const at = values.push(`%${search.replace(/[\\%_]/g, '\\$&')}%`);
      where += ` and (name ilike $${at} or email_id ilike $${at})`;
    }
    const count = values.slice();
    const lim = values.push(limit);
    const off = values.push((page - 1) * limit);
    // A search pattern is planned by value; every other list uses a prepared statement.
    const kind = search ? undefined : `${where}`;
    const [list, total] = await Promise.all([
      run(kind && `list ${kind}`, `select ${FULL} from (select * from leads where ${where}
        order by created_at desc limit $${lim} offset $${off}) l
        left join users u on u.id = l.assigned_agent order by l.created_at desc`, values),
      run(kind && `count ${kind}`, `select count(*) as n from leads where ${where}`, count),
    ]);
    const totalLeads = total.rows[0].n;
    res.json({ leads: list.rows, totalLeads, page, totalPages: Math.ceil(totalLeads / limit) });
  });

  app.get('/api/leads/:id', anyone, async (req, res) => {
    const { rows: [lead] } = await run('get',
      `select ${FULL} from leads l left join users u on u.id = l.assigned_agent where l.id = $1`, [req.params.id]);
    if (!lead) throw fail(404, 'Lead not found');
    res.json(lead);
  });

  const STATUSES = ['New', 'Contacted', 'Qualified', 'Lost', 'Converted'];
  const check = (b, full) => {
    const details = [];
    if (full && !b.name) details.push('name is required');
    if (b.emailId !== undefined && !/^\S+@\S+\.\S+$/.test(b.emailId)) details.push('emailId is invalid');
    if (b.status !== undefined && !STATUSES.includes(b.status)) details.push('status is invalid');
    if (details.length) throw Object.assign(fail(400, 'Validation Error'), { details });
  };

  app.post('/api/leads', anyone, async (req, res) => {
    const b = req.body;
    check(b, true);
    const { rows: [lead] } = await run('create',
      `with made as (insert into leads (name, email_id, phone, company, status, source, assigned_agent, notes, value)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *),
       note as (insert into activities (actor, action, entity, entity_id, detail)
         select $10, 'create', 'lead', id, jsonb_build_object('name', name) from made)
       select ${COLUMNS} from made`,
      [b.name, b.emailId, b.phone, b.company, b.status ?? 'New', b.source, b.assignedAgent, b.notes, b.value,
        req.user.userId]);
    res.status(201).json(lead);
  });

  const FIELDS = { name: 'name', emailId: 'email_id', phone: 'phone', company: 'company', status: 'status',
    source: 'source', assignedAgent: 'assigned_agent', notes: 'notes', value: 'value' };
  app.patch('/api/leads/:id', anyone, async (req, res) => {
    check(req.body, false);
    const keys = Object.keys(req.body).filter((k) => FIELDS[k]);
    if (!keys.length) throw fail(400, 'Nothing to change');
    const set = keys.map((k, i) => `${FIELDS[k]} = $${i + 4}`).join(', ');
    const { rows: [lead] } = await run(`patch ${keys.join()}`,
      `with changed as (update leads set ${set}, updated_at = now() where id = $1 returning *),
       note as (insert into activities (actor, action, entity, entity_id, detail)
         select $2, 'update', 'lead', id, $3::jsonb from changed)
       select ${COLUMNS} from changed`,
      [req.params.id, req.user.userId, JSON.stringify(req.body), ...keys.map((k) => req.body[k])]);
    if (!lead) throw fail(404, 'Lead not found');
    res.json(lead);
  });

  app.post('/api/leads/:id/convert', anyone, async (req, res) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows: [lead] } = await client.query({ name: 'convert lock',
        text: 'select * from leads where id = $1 for update', values: [req.params.id] });
      if (!lead) throw fail(404, 'Lead not found');
      if (lead.status === 'Converted') throw fail(409, 'Lead is already converted');
      const { rows: [customer] } = await client.query({ name: 'convert make',
        text: `insert into customers (name, company, email_id, phone, owner) values ($1, $2, $3, $4, $5)
          returning id, name, company, email_id as "emailId", phone, notes, tags, owner,
            is_archived as "isArchived", created_at as "createdAt", updated_at as "updatedAt"`,
        values: [lead.name, lead.company, lead.email_id, lead.phone, lead.assigned_agent ?? req.user.userId] });
      await client.query({ name: 'convert close',
        text: `update leads set status = 'Converted', customer = $2, updated_at = now() where id = $1`,
        values: [lead.id, customer.id] });
      await client.query({ name: 'convert note',
        text: `insert into activities (actor, action, entity, entity_id, detail)
          values ($1, 'convert', 'lead', $2, jsonb_build_object('customer', $3::text))`,
        values: [req.user.userId, lead.id, customer.id] });
      await client.query('commit');
      res.json({ message: 'Lead converted', customer });
    } catch (e) {
      await client.query('rollback');
      throw e;
    } finally {
      client.release();
    }
  });

  app.get('/api/analytics/dashboard', anyone, async (req, res) => {
    const [status, source, agent, month, customers, tasks] = await Promise.all([
      run('d1', 'select status, count(*) as n from leads where not is_archived group by 1'),
      run('d2', 'select source, count(*) as n from leads where not is_archived group by 1'),
      run('d3', `select u.id, u.name, a.n from (select assigned_agent, count(*) as n from leads
        where not is_archived and assigned_agent is not null group by 1) a
        join users u on u.id = a.assigned_agent order by n desc limit 10`),
      run('d4', `select date_trunc('month', created_at) as month, count(*) as n from leads
        where not is_archived and created_at >= date_trunc('month', now()) - interval '11 months' group by 1 order by 1`),
      run('d5', 'select count(*) as n from customers where not is_archived'),
      run('d6', `select count(*) filter (where status <> 'Done') as open,
        count(*) filter (where status <> 'Done' and due_at < now()) as overdue from tasks`),
    ]);
    res.json({ leadsByStatus: status.rows, leadsBySource: source.rows, leadsByAgent: agent.rows,
      leadsByMonth: month.rows, customers: customers.rows[0].n, tasks: tasks.rows[0] });
  });

  app.use((err, req, res, next) => {
    const status = err.name === 'JsonWebTokenError' || err.name === 'TokenExpiredError' ? 401
      : err.code === '22P02' ? 400 : err.code === '23505' ? 400 : err.status || 500;
    if (status >= 500) log.error(err.stack);
    res.status(status).json({ error: err.message || 'Internal Server Error', details: err.details });
  });
  app.listen(Number(env.PORT || 3000), '127.0.0.1');
}
