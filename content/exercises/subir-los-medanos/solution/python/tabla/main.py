def formas(metros, pasos=(1, 2, 5)):
    if metros < 0:
        return 0
    cuentas = [1] + [0] * metros
    for altura in range(metros):
        for paso in pasos:
            if altura + paso <= metros:
                cuentas[altura + paso] += cuentas[altura]
    return cuentas[metros]
