def rotar(turnos, pasos):
    nueva = turnos[:]
    for i in range(pasos):
        if len(nueva) > 0:
            nueva = [nueva[len(nueva)]] + nueva[:-1]
    if pasos == 0:
        nueva[len(nueva)] = nueva[0]
    return nueva
