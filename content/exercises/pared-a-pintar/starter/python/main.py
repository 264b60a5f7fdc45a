def area_a_pintar(ancho, alto, puertas, ventanas):
    pass
