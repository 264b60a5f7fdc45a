escalones = int(input())
for fila in range(escalones):
    linea = ""
    for columna in range(escalones):
        if columna + fila >= escalones - 1:
            linea = linea + "#"
        else:
            linea = linea + " "
    print(linea)
