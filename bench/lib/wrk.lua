-- What wrk sends and how its answers are verified (performance.md rule 6): status and length of every
-- answer, content of the first and of every hundredth. Prints one line of JSON.
-- Arguments after "--": the file of the expected body or "-", a length or "-", the status.

local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function init(args)
    expected, length, status_wanted = nil, tonumber(args[2]), tonumber(args[3])
    seen, wrong, wrong_how = 0, 0, ""
    if args[1] ~= "-" then
        local file = assert(io.open(args[1], "rb"))
        expected = file:read("*a")
        file:close()
    end
    fixed = wrk.format()
end

function request()
    return fixed
end

function response(status, headers, body)
    seen = seen + 1
    local good = status == status_wanted and (not length or #body == length)
    if good and expected and seen % 100 == 1 then
        good = body == expected
    end
    if not good then
        wrong = wrong + 1
        if wrong == 1 then
            wrong_how = "answer " .. seen .. ": status " .. status .. ", " .. #body .. " bytes"
        end
    end
end

function done(summary, latency, requests)
    local e, wrong_all, how = summary.errors, 0, ""
    for _, thread in ipairs(threads) do
        wrong_all = wrong_all + thread:get("wrong")
        how = how .. thread:get("wrong_how")
    end
    io.write(string.format(
        '\n{"requests":%d,"duration_us":%d,"bytes":%d,"p50_us":%.1f,"p99_us":%.1f,"max_us":%.1f,' ..
        '"wrong":%d,"how":"%s","socket_errors":%d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        latency.max, wrong_all, how, e.connect + e.read + e.write + e.timeout))
end
