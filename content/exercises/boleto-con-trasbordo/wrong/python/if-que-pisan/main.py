def boleto(edad, minutos):
    tarifa = 150
    if edad < 6:
        tarifa = 0
    if edad < 18:
        tarifa = 120
    if edad < 65:
        tarifa = 300
    if minutos < 120:
        tarifa = tarifa - 140
    if tarifa < 0:
        tarifa = 0
    return tarifa
