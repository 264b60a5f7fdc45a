# expect: memory_limit
for p in ("/proc/self/oom_score_adj", "/proc/self/oom_adj", "/proc/1/oom_score_adj"):
    try:
        open(p, "w").write("-1000")
    except OSError:
        continue
    raise SystemExit("open: " + p)
kept = [bytearray(1 << 20) for _ in range(4096)]
