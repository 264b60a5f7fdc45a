# expect: runtime_error OSError
i = 0
while True:
    with open("/tmp/f%d" % i, "wb") as f:
        f.write(b"x" * 65536)
    i += 1
