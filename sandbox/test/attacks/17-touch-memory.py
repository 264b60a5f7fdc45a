# expect: memory_limit
blocks = []
while True:
    blocks.append(bytearray(1 << 20))
