precio = int(input())
falta = int(input()) - precio
for valor in (500, 100, 10):
    cantidad = 0
    while falta >= valor:
        falta = falta - valor
        cantidad = cantidad + 1
    print(f"{valor}: {cantidad}")
