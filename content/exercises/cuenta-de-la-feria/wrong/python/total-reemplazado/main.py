productos = 0
total = 0
dato = input()
while dato != "fin":
    total = int(dato)
    productos = productos + 1
    dato = input()
print("productos:", productos)
print("total:", total)
