# expect: memory_limit
xs = [0] * 10**10
