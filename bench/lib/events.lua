-- Read after wrk.lua: every request writes one new event, as a browser's tab does.

local BODY = '{"client":"%s","first":1,"client_now":%d000000,"events":[{"event_id":"%s",' ..
    '"type":"focus_lost","client_at":%d000000,"payload":{}}]}'

local base_init = init

function init(args)
    base_init(args)
    local random = assert(io.open("/dev/urandom", "rb"))
    local a, b, c, d = random:read(4):byte(1, 4)
    random:close()
    math.randomseed(((a * 256 + b) * 256 + c) * 256 + d)
    client = string.format("%08x%08x", math.random(0, 0x7fffffff), math.random(0, 0x7fffffff))
end

-- UUIDv7: milliseconds, then randomness.
local function uuid7(now)
    local ms = string.format("%012x", now * 1000 + math.random(0, 999))
    return string.format("%s-%s-7%03x-%04x-%06x%06x", ms:sub(1, 8), ms:sub(9, 12), math.random(0, 0xfff),
        0x8000 + math.random(0, 0x3fff), math.random(0, 0xffffff), math.random(0, 0xffffff))
end

function request()
    local now = os.time()
    return wrk.format(nil, nil, nil, BODY:format(client, now, uuid7(now), now))
end
