return function(ctx)
  local function headers(body)
    return { ["Authorization"] = "Bearer " .. (ctx.token or ""), ["Content-Type"] = body and "application/json" or nil }
  end
  local function list(filter, page, limit)
    return "GET", "/api/leads?page=" .. page .. "&limit=" .. limit .. filter
  end
  local function of_status() return "&status=" .. ctx.status() end
  local function of_term() return "&search=" .. ctx.term() end
  -- The twelve months up to now that the others count.
  local now = os.date("!*t")
  local from = os.date("!%Y-%m-01", os.time({ year = now.year, month = now.month - 11, day = 1, hour = 12 }))
  local dashboard = "/api/analytics/dashboard?from=" .. from .. "&to=" .. os.date("!%Y-%m-%d")

  local ops = {}
  function ops.get() local _, id = ctx.lead(); return "GET", "/api/leads/" .. id end
  function ops.list10() return list(of_status(), 1, 10) end
  ops["list10 exact"] = function() return list(of_status() .. "&count=exact", 1, 10) end
  function ops.list50() return list(of_status(), 1, 50) end
  function ops.deep() return list("", ctx.deep_page(), 10) end
  function ops.search() return list(of_term(), 1, 10) end
  ops["search exact"] = function() return list(of_term() .. "&count=exact", 1, 10) end
  function ops.dashboard() return "GET", dashboard end
  function ops.create()
    local k = ctx.serial()
    return "POST", "/api/leads", string.format(
      '{"name":"Bench Lead %d","emailId":"bench.lead%d@load.example.com","phone":"+1-555-%09d",' ..
      '"company":"Load Test Inc","status":"New","source":"Website","custom":{"notes":"%s"}}', k, k, k, ctx.note)
  end
  function ops.patch()
    local _, id, status = ctx.patchable()
    return "PATCH", "/api/leads/" .. id, '{"status":"' .. status .. '"}'
  end
  function ops.convert() -- what may be the same customer is looked for, and does not hold it up
    local _, id = ctx.convertible()
    return "POST", "/api/leads/" .. id .. "/convert", '{"onDuplicate":"create"}'
  end
  return { ops = ops, headers = headers }
end
