escalones = int(input())
for i in range(1, escalones):
    print(" " * (escalones - i) + "#" * i)
