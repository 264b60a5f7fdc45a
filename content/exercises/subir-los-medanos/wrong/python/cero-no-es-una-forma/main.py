def formas(metros, pasos=(1, 2, 5)):
    cuentas = {0: 0}
    for altura in range(1, metros + 1):
        cuentas[altura] = 0
        for paso in pasos:
            if paso == altura:
                cuentas[altura] += 1
            elif paso < altura:
                cuentas[altura] += cuentas[altura - paso]
    return cuentas.get(metros, 0)
