-- wrk driver: one operation (or the mixed session) against one peer.
-- Environment: BENCH_PEER (lua file that maps operations to requests), BENCH_OP, BENCH_INDEX
-- (one "uuid status archived" line per lead), BENCH_TOKEN, BENCH_SEED, BENCH_CURSOR, BENCH_HOST.
local index, status_of, patchable, convertible = {}, {}, {}, {}
do
  local n = 0
  for line in io.lines(os.getenv("BENCH_INDEX")) do
    n = n + 1
    local id, status, archived = line:match("^(%S+) (%S+) (%S+)$")
    index[n], status_of[n] = id, status
    if archived == "false" and status ~= "Converted" and status ~= "Lost" then
      -- Odd rows are patched, even rows are converted, so that the two never meet.
      local set = n % 2 == 1 and patchable or convertible
      set[#set + 1] = n
    end
  end
end

local state = tonumber(os.getenv("BENCH_SEED") or "1") % 2147483647
if state == 0 then state = 1 end
local function random(n) -- Lehmer generator, 1..n
  state = (state * 48271) % 2147483647
  return state % n + 1
end

local TERMS = { "john", "smith", "garcia", "miller", "patricia", "nguyen", "kowalski", "priya",
  "martinez", "jennifer", "robert", "yamamoto", "thompson", "elizabeth", "michael", "rodriguez" }
local STATUS = { "New", "Contacted", "Qualified" }
local MIX = { -- weights add up to 100: 80 reads, 20 writes
  { "list10", 34 }, { "get", 25 }, { "search", 10 }, { "list50", 8 }, { "deep", 2 }, { "dashboard", 1 },
  { "patch", 10 }, { "create", 8 }, { "convert", 2 },
}

cursor = tonumber(os.getenv("BENCH_CURSOR") or "0")
local op = os.getenv("BENCH_OP")
local made = 1000000 * tonumber(os.getenv("BENCH_SEED") or "1") -- so that no two runs make the same person
local ctx = {
  token = os.getenv("BENCH_TOKEN"), password = os.getenv("BENCH_PASSWORD"), random = random,
  note = "Asked for a product demo and pricing for a team of twenty five people.",
}
function ctx.lead() local n = random(#index); return n, index[n] end
-- One lead after the other, those of the mixed session from the end, so that no lead is written twice at once.
local function next_of(set)
  cursor = cursor + 1
  local at = op == "mixed" and -cursor or cursor - 1
  return set[at % #set + 1], math.floor((cursor - 1) / #set)
end
-- With it comes a status that the lead does not have: Contacted and Qualified in turn, since a new lead becomes no other one.
function ctx.patchable()
  local n, round = next_of(patchable)
  local is_qualified = (status_of[n] == "Contacted") == (round % 2 == 0)
  return n, index[n], is_qualified and "Qualified" or "Contacted"
end
function ctx.convertible() local n = next_of(convertible); return n, index[n] end
function ctx.status() return STATUS[random(#STATUS)] end
function ctx.term() return TERMS[random(#TERMS)] end
function ctx.deep_page() return 900 + random(100) end -- of 10 rows each: offsets 9,000 to 10,000
function ctx.user() return random(20) end
function ctx.serial() made = made + 1; return made end

local peer = dofile(os.getenv("BENCH_PEER"))(ctx)
local calls = {}
if op == "mixed" then
  for _, m in ipairs(MIX) do
    for _ = 1, m[2] do calls[#calls + 1] = peer.ops[m[1]] end
  end
else
  calls[1] = assert(peer.ops[op == "after" and "list10" or op], "the peer has no operation " .. tostring(op))
end

function request()
  local method, path, body, headers = calls[#calls == 1 and 1 or random(#calls)]()
  headers = headers or peer.headers(body ~= nil)
  headers["Host"] = os.getenv("BENCH_HOST")
  if show then last = (method .. " " .. path .. " " .. (body or "")):gsub("\n", " ") end
  return wrk.format(method, path, headers, body)
end

show = os.getenv("BENCH_SHOW") ~= ""
if show then -- for the check: print the first answer and stop
  function response(status, headers, body)
    if shown then return end
    shown = true
    io.write("@@", status, " ", #body, "\n", last, "\n", body, "\n")
    io.flush()
    wrk.thread:stop()
  end
end

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

function done(summary, latency, requests)
  if show then return end
  local e = summary.errors
  io.write(string.format(
    '\n@@{"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.3f,"p90":%.3f,"p99":%.3f,"max":%.3f,' ..
    '"status_errors":%d,"socket_errors":%d,"cursor":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3,
    latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3, e.status,
    e.connect + e.read + e.write + e.timeout, threads[1]:get("cursor")))
end
