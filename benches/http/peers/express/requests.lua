return function(ctx)
  local api = "/api"
  local auth = ctx.token and "Bearer " .. ctx.token or nil
  local function headers(body)
    return { ["Authorization"] = auth, ["Content-Type"] = body and "application/json" or nil }
  end
  local ops = {}
  function ops.login()
    return "POST", api .. "/auth/login",
      string.format('{"emailId":"user%d@crm.example.com","password":"%s"}', ctx.user(), ctx.password),
      { ["Content-Type"] = "application/json" }
  end
  function ops.get() local _, id = ctx.lead(); return "GET", api .. "/leads/" .. id end
  local function list(status, page, limit)
    return "GET", api .. "/leads?isArchived=false" .. (status and "&status=" .. status or "") ..
      "&page=" .. page .. "&limit=" .. limit
  end
  function ops.list10() return list(ctx.status(), 1, 10) end
  function ops.list50() return list(ctx.status(), 1, 50) end
  function ops.deep() return list(nil, ctx.deep_page(), 10) end
  function ops.search()
    return "GET", api .. "/leads?isArchived=false&page=1&limit=10&search=" .. ctx.term()
  end
  function ops.dashboard() return "GET", api .. "/analytics/dashboard" end
  function ops.create()
    local k = ctx.serial()
    return "POST", api .. "/leads", string.format(
      '{"name":"Bench Lead %d","emailId":"bench.lead%d@load.example.com","phone":"+1-555-%09d",' ..
      '"company":"Load Test Inc","status":"New","source":"Website",' ..
      '"notes":"%s"}', k, k, k, ctx.note)
  end
  function ops.patch()
    local _, id, status = ctx.patchable()
    return "PATCH", api .. "/leads/" .. id, '{"status":"' .. status .. '"}'
  end
  function ops.convert()
    local _, id = ctx.convertible()
    return "POST", api .. "/leads/" .. id .. "/convert", "{}"
  end
  return { ops = ops, headers = headers }
end
