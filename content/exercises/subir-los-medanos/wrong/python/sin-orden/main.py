def formas(metros, pasos=(1, 2, 5)):
    if metros < 0:
        return 0
    cuentas = [1] + [0] * metros
    for paso in pasos:
        for altura in range(paso, metros + 1):
            cuentas[altura] += cuentas[altura - paso]
    return cuentas[metros]
