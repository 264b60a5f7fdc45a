escalones = int(input())
for i in range(escalones):
    print(" " * (escalones - i) + "#" * i)
