precios = []
while True:
    dato = input()
    if dato == "fin":
        break
    precios.append(int(dato))
print("productos:", len(precios))
print("total:", sum(precios))
