TARIFAS = [(65, 150), (18, 300), (6, 120), (0, 0)]


def boleto(edad, minutos):
    descuento = 140 if minutos < 120 else 0
    for desde, tarifa in TARIFAS:
        if edad >= desde:
            return max(tarifa - descuento, 0)
