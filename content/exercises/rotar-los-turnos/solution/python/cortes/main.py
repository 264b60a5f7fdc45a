def rotar(turnos, pasos):
    if not turnos:
        return []
    corte = len(turnos) - pasos % len(turnos)
    return turnos[corte:] + turnos[:corte]
