escalones = int(input())
for i in range(1, escalones + 1):
    print(" " * (escalones - i) + "#" * i)
