def en_comun(linea_a, linea_b):
    pass


def solo_en_una(linea_a, linea_b):
    pass


def alcanzables(parada, linea_a, linea_b):
    pass
