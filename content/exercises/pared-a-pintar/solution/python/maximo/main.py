PUERTA = 2
VENTANA = 1


def huecos(puertas, ventanas):
    return puertas * PUERTA + ventanas * VENTANA


def area_a_pintar(ancho, alto, puertas=1, ventanas=0):
    return max(ancho * alto - huecos(puertas, ventanas), 0)
