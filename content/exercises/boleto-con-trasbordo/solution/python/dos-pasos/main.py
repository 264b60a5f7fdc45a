def boleto(edad, minutos):
    if edad < 6:
        tarifa = 0
    elif edad < 18:
        tarifa = 120
    elif edad < 65:
        tarifa = 300
    else:
        tarifa = 150
    if minutos < 120:
        tarifa = tarifa - 140
    if tarifa < 0:
        tarifa = 0
    return tarifa
