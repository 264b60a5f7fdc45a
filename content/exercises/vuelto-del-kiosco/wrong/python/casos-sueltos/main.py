precio = int(input())
pago = int(input())
vuelto = pago - precio
billetes500 = 0
billetes100 = 0
monedas = 0
if vuelto >= 500:
    billetes500 = vuelto // 500
elif vuelto >= 100:
    billetes100 = vuelto // 100
else:
    monedas = vuelto // 10
print("500:", billetes500)
print("100:", billetes100)
print("10:", monedas)
