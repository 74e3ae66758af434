return function(ctx)
  local function headers(body)
    return { ["Authorization"] = "Bearer " .. (ctx.token or ""), ["Content-Type"] = body and "application/json" or nil }
  end
  local function doc(uuid) return (uuid:gsub("-", "")):sub(1, 24) end
  local shape = "populate[agent][fields][0]=username&populate[agent][fields][1]=email"
  local function list(filter, page, limit)
    return "GET", "/api/leads?filters[isArchived][$eq]=false" .. filter .. "&sort=createdAt:desc&pagination[page]=" ..
      page .. "&pagination[pageSize]=" .. limit .. "&" .. shape
  end
  local ops = {}
  function ops.login()
    return "POST", "/api/auth/local",
      string.format('{"identifier":"user%d@crm.example.com","password":"%s"}', ctx.user(), ctx.password),
      { ["Content-Type"] = "application/json" }
  end
  function ops.get() local _, id = ctx.lead(); return "GET", "/api/leads/" .. doc(id) .. "?" .. shape end
  function ops.list10() return list("&filters[stage][$eq]=" .. ctx.status(), 1, 10) end
  function ops.list50() return list("&filters[stage][$eq]=" .. ctx.status(), 1, 50) end
  function ops.deep() return list("", ctx.deep_page(), 10) end
  function ops.search()
    local t = ctx.term()
    return list("&filters[$or][0][name][$containsi]=" .. t .. "&filters[$or][1][email][$containsi]=" .. t, 1, 10)
  end
  function ops.dashboard() return "GET", "/api/dashboard" end
  function ops.create()
    local k = ctx.serial()
    return "POST", "/api/leads", string.format(
      '{"data":{"name":"Bench Lead %d","email":"bench.lead%d@load.example.com","phone":"+1-555-%09d",' ..
      '"company":"Load Test Inc","stage":"New","source":"Website",' ..
      '"notes":"%s"}}', k, k, k, ctx.note)
  end
  function ops.patch() -- Strapi's update is a PUT with the changed fields
    local _, id, status = ctx.patchable()
    return "PUT", "/api/leads/" .. doc(id), '{"data":{"stage":"' .. status .. '"}}'
  end
  function ops.convert()
    local _, id = ctx.convertible()
    return "POST", "/api/leads/" .. doc(id) .. "/convert", "{}"
  end
  return { ops = ops, headers = headers }
end
