def rotar(turnos, pasos):
    corte = len(turnos) - pasos % len(turnos)
    return turnos[corte:] + turnos[:corte]
