productos = 0
total = 0
dato = input()
while dato != "fin":
    total = total + int(dato)
    productos = productos + 1
print("productos:", productos)
print("total:", total)
