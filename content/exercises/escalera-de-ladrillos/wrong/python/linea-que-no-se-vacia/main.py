escalones = int(input())
for i in range(1, escalones + 1):
    for j in range(escalones):
        linea = ""
        linea = linea + "#"
    print(" " * (escalones - i) + linea)
