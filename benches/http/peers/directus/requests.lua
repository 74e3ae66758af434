return function(ctx)
  local function headers(body)
    return { ["Authorization"] = "Bearer " .. (ctx.token or ""), ["Content-Type"] = body and "application/json" or nil }
  end
  local shape = "fields=*,assigned_agent.id,assigned_agent.first_name,assigned_agent.email"
  local function list(filter, page, limit)
    return "GET", "/items/leads?filter[is_archived][_eq]=false" .. filter .. "&sort=-date_created&meta=filter_count&page=" ..
      page .. "&limit=" .. limit .. "&" .. shape
  end
  local ops = {}
  function ops.login()
    return "POST", "/auth/login",
      string.format('{"email":"user%d@crm.example.com","password":"%s"}', ctx.user(), ctx.password),
      { ["Content-Type"] = "application/json" }
  end
  function ops.get() local _, id = ctx.lead(); return "GET", "/items/leads/" .. id .. "?" .. shape end
  function ops.list10() return list("&filter[status][_eq]=" .. ctx.status(), 1, 10) end
  function ops.list50() return list("&filter[status][_eq]=" .. ctx.status(), 1, 50) end
  function ops.deep() return list("", ctx.deep_page(), 10) end
  function ops.search()
    local t = ctx.term()
    return list("&filter[_or][0][name][_icontains]=" .. t .. "&filter[_or][1][email][_icontains]=" .. t, 1, 10)
  end
  function ops.dashboard() return "GET", "/crm/dashboard" end
  function ops.create()
    local k = ctx.serial()
    return "POST", "/items/leads", string.format(
      '{"name":"Bench Lead %d","email":"bench.lead%d@load.example.com","phone":"+1-555-%09d",' ..
      '"company":"Load Test Inc","status":"New","source":"Website",' ..
      '"notes":"%s"}', k, k, k, ctx.note)
  end
  function ops.patch()
    local _, id, status = ctx.patchable()
    return "PATCH", "/items/leads/" .. id, '{"status":"' .. status .. '"}'
  end
  function ops.convert()
    local _, id = ctx.convertible()
    return "POST", "/crm/leads/" .. id .. "/convert", "{}"
  end
  return { ops = ops, headers = headers }
end
