def en_comun(linea_a, linea_b):
    return linea_a & linea_b


def solo_en_una(linea_a, linea_b):
    return linea_a ^ linea_b


def alcanzables(parada, linea_a, linea_b):
    alcanza = set()
    if parada in linea_a:
        alcanza = alcanza | linea_a
    if parada in linea_b:
        alcanza = alcanza | linea_b
    if alcanza and linea_a & linea_b:
        alcanza = linea_a | linea_b
    return alcanza - {parada}
