return function(ctx)
  local function headers(body)
    return { ["Authorization"] = ctx.token, ["Content-Type"] = body and "application/json" or nil }
  end
  local base = "/api/collections/leads/records"
  local shape = "&sort=-created&expand=agent&fields=*,expand.agent.id,expand.agent.name,expand.agent.email"
  local function short(uuid) return (uuid:gsub("-", "")):sub(1, 15) end
  local function list(filter, page, limit)
    return "GET", base .. "?page=" .. page .. "&perPage=" .. limit .. "&filter=" .. filter .. shape
  end
  local ops = {}
  function ops.login()
    return "POST", "/api/collections/users/auth-with-password",
      string.format('{"identity":"user%d@crm.example.com","password":"%s"}', ctx.user(), ctx.password),
      { ["Content-Type"] = "application/json" }
  end
  function ops.get()
    local _, id = ctx.lead()
    return "GET", base .. "/" .. short(id) .. "?expand=agent&fields=*,expand.agent.id,expand.agent.name,expand.agent.email"
  end
  local function status() return "isArchived%3Dfalse%26%26status%3D%27" .. ctx.status() .. "%27" end
  function ops.list10() return list(status(), 1, 10) end
  function ops.list50() return list(status(), 1, 50) end
  function ops.deep() return list("isArchived%3Dfalse", ctx.deep_page(), 10) end
  function ops.search()
    local t = ctx.term()
    return list("isArchived%3Dfalse%26%26(name~%27" .. t .. "%27%7C%7Cemail~%27" .. t .. "%27)", 1, 10)
  end
  function ops.dashboard() return "GET", "/api/crm/dashboard" end
  function ops.create()
    local k = ctx.serial()
    return "POST", base, string.format(
      '{"name":"Bench Lead %d","email":"bench.lead%d@load.example.com","phone":"+1-555-%09d",' ..
      '"company":"Load Test Inc","status":"New","source":"Website",' ..
      '"notes":"%s"}', k, k, k, ctx.note)
  end
  function ops.patch()
    local _, id, status = ctx.patchable()
    return "PATCH", base .. "/" .. short(id), '{"status":"' .. status .. '"}'
  end
  function ops.convert()
    local _, id = ctx.convertible()
    return "POST", "/api/crm/leads/" .. short(id) .. "/convert", "{}"
  end
  return { ops = ops, headers = headers }
end
