precio = input()
pago = input()
vuelto = pago - precio
print("500:", vuelto // 500)
vuelto = vuelto % 500
print("100:", vuelto // 100)
vuelto = vuelto % 100
print("10:", vuelto // 10)
