def area_a_pintar(ancho, alto, puertas=1, ventanas=0):
    return ancho * alto - 2 * puertas - ventanas
