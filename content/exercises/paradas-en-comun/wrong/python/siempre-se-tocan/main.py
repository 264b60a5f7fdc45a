def en_comun(linea_a, linea_b):
    return linea_a & linea_b


def solo_en_una(linea_a, linea_b):
    return linea_a ^ linea_b


def alcanzables(parada, linea_a, linea_b):
    todas = linea_a | linea_b
    if parada in todas:
        return todas - {parada}
    return set()
