def boleto(edad, minutos):
    if edad >= 6:
        tarifa = 120
    elif edad >= 18:
        tarifa = 300
    elif edad >= 65:
        tarifa = 150
    else:
        tarifa = 0
    if minutos < 120:
        tarifa = tarifa - 140
    if tarifa < 0:
        tarifa = 0
    return tarifa
