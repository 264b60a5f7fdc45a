def rotar(turnos, pasos):
    if pasos == 0:
        return turnos[:]
    return turnos[-pasos:] + turnos[:-pasos]
