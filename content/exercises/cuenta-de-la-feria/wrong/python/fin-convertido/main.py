productos = 0
total = 0
dato = 0
while dato != "fin":
    dato = int(input())
    total = total + dato
    productos = productos + 1
print("productos:", productos)
print("total:", total)
